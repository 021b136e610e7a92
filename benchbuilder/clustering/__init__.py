"""Groups of vectors that lie close together: neighbours, density clusters, centroids."""
